-- name: open_letters
SELECT kind, count(*) AS letters FROM dead_letters WHERE ended_at IS NULL GROUP BY 1
