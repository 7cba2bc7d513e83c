-- A shop of some weeks: 1,500 people who came 80 to 20 days ago, a tenth held out of everything, a tenth of cart_recovery.
-- What brings what is planted: reaching brings 12 points, the size guide 15; browse_abandonment holds out too many.
CREATE FUNCTION pg_temp.chance(n bigint, of text) RETURNS float8 LANGUAGE sql IMMUTABLE AS
    $$ SELECT get_byte(decode(md5(of || n), 'hex'), 0) / 256.0 + get_byte(decode(md5(of || n), 'hex'), 1) / 65536.0 $$;
CREATE TEMPORARY TABLE shopper AS
    SELECT n, md5('p' || n)::uuid AS id, now() - make_interval(days => (20 + n % 60)::int, hours => (n % 24)::int) AS came,
           pg_temp.chance(n, 'held') < 0.1 AS held, pg_temp.chance(n, 'all') < 0.1 AS held_everywhere, pg_temp.chance(n, 'guide') < 0.4 AS guided,
           (ARRAY['paid_search', 'email', 'organic_search', 'referral'])[(1 + n % 4)::int] AS channel, pg_temp.chance(n, 'buys') AS buys
    FROM generate_series(1::bigint, 1500) n;
ALTER TABLE shopper ADD COLUMN bought boolean, ADD COLUMN reminded boolean, ADD COLUMN discounted boolean;
UPDATE shopper SET bought = buys < 0.05 + (CASE WHEN held OR held_everywhere THEN 0 ELSE 0.12 END)
                                       + (CASE WHEN guided THEN 0.15 ELSE 0 END),
                   reminded = NOT held AND NOT held_everywhere, discounted = pg_temp.chance(n, 'again') < 0.5;
INSERT INTO profiles (id, created_at, updated_at) SELECT id, came, came FROM shopper;
INSERT INTO holdouts (profile_id, scope, salt, held_out, share, drawn_at)
    SELECT id, '', 'fermata-holdout', held_everywhere, 0.1, came FROM shopper;
INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, enrichment, properties)
    SELECT md5(name || n)::uuid, name || n, 'track', name, id, came + after, came + after,
           CASE WHEN name = 'Product Viewed' THEN jsonb_build_object('touch', jsonb_build_object('channel', channel))
                ELSE '{}' END,
           CASE name WHEN 'Order Completed' THEN jsonb_build_object('total', 20 + n % 40, 'currency', 'EUR')
                     WHEN 'Support Ticket Rated' THEN jsonb_build_object('rating', CASE WHEN n % 5 = 0 THEN 'bad' ELSE 'good' END)
                     WHEN 'Recommendation Rated' THEN jsonb_build_object('score', 4 + n % 7) ELSE '{}' END
    FROM shopper, (VALUES ('Product Viewed', interval '0'), ('Size Guide Viewed', interval '5 minutes'),
                          ('Product Added', interval '9 minutes'), ('Order Completed', interval '2 days'),
                          ('Support Ticket Rated', interval '4 days'), ('Recommendation Rated', interval '6 days')
                  ) AS doing (name, after)
    WHERE CASE name WHEN 'Size Guide Viewed' THEN guided WHEN 'Order Completed' THEN bought
                    WHEN 'Support Ticket Rated' THEN n % 11 = 0 WHEN 'Recommendation Rated' THEN n % 13 = 0 ELSE true END;
INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, enrichment, properties)
    SELECT md5('again' || n || ' ' || later)::uuid, 'again' || n || ' ' || later, 'track', 'Order Completed', id,
           came + make_interval(days => (2 + later * (5 + n % 17))::int), now(), '{}',
           jsonb_build_object('total', 15 + n % 40 + later, 'currency', 'EUR')
    FROM shopper, generate_series(1, 6) later
    WHERE bought AND later <= n * n * n % 11 - 5 AND came + make_interval(days => (2 + later * (5 + n % 17))::int) < now() - interval '1 day';
INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, reason, started_at, ended_at)
    SELECT md5('run' || n)::uuid, 'cart_recovery', id, 'cart_recovery/' || id, md5('Product Added' || n)::uuid,
           CASE WHEN held OR held_everywhere THEN 'holdout' WHEN bought THEN 'converted' WHEN n % 9 = 0 THEN 'exited'
                WHEN n % 29 = 0 THEN 'active' ELSE 'completed' END,
           CASE WHEN held_everywhere THEN 'holdout_global' WHEN held THEN 'holdout_journey' WHEN bought THEN NULL
                WHEN n % 9 = 0 THEN 'Cart Cleared' END,
           came, CASE WHEN n % 29 = 0 AND NOT bought AND n % 9 > 0 AND reminded THEN NULL ELSE came + interval '3 days' END
    FROM shopper;
INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, reason, started_at, ended_at)
    SELECT md5('browse' || n)::uuid, 'browse_abandonment', id, 'browse_abandonment/' || id, md5('Product Viewed' || n)::uuid,
           CASE WHEN n % 3 = 0 THEN 'holdout' ELSE 'completed' END, CASE WHEN n % 3 = 0 THEN 'holdout_journey' END,
           came, came + interval '4 days'
    FROM shopper WHERE n % 2 = 0;
INSERT INTO decisions (id, dedupe_key, profile_id, run_id, journey, message, step, visit, purpose, priority, action,
                       reason, channel, decided_at, policy)
    SELECT md5(message || visit || n)::uuid, message || visit || n, id, md5('run' || n)::uuid, 'cart_recovery', message,
           message, visit, 'marketing', 60, action, reason, CASE WHEN n % 3 = 0 THEN 'push' ELSE 'email' END,
           came + make_interval(hours => 1 + 9 * visit), 'v1'
    FROM shopper, LATERAL (
        SELECT 'cart_reminder' AS message, 1 AS visit, 'defer' AS action,
               CASE WHEN n % 2 = 0 THEN 'outside_window' ELSE 'frequency_capped' END AS reason WHERE n % 5 < 2
        UNION ALL SELECT 'cart_reminder', 2, CASE WHEN n % 8 = 0 THEN 'drop' ELSE 'send' END,
               CASE WHEN n % 8 = 0 THEN 'consent_missing' ELSE 'eligible' END WHERE n % 29 > 0
        UNION ALL SELECT 'cart_discount', 3, 'send', 'eligible' WHERE discounted AND n % 29 > 0
    ) decided
    WHERE reminded;
INSERT INTO reservations (decision_id, profile_id, channel, purpose, priority, state, reserved_at, exposed_at, updated_at)
    SELECT id, profile_id, channel, purpose, 60, 'sent', decided_at, decided_at, decided_at
    FROM decisions WHERE action = 'send';
INSERT INTO feedback (id, source, source_id, kind, occurred_at, received_at, decision_id, machine)
    SELECT md5(kind || machine || id)::uuid, 't', kind || machine || id, kind, decided_at, decided_at, id, machine
    FROM (SELECT *, get_byte(decode(md5(id::text), 'hex'), 3) AS die FROM decisions WHERE action = 'send') d,
         (VALUES ('delivered', false, 250), ('opened', false, 96), ('opened', true, 130), ('clicked', false, 30)) AS told (kind, machine, below)
    WHERE die < below;
INSERT INTO deferrals (run_id, step, decision_id, profile_id, message, channel, reason, purpose, priority, next_eligible_at, deferred_at)
    SELECT md5('run' || n)::uuid, 'cart_reminder', d.id, s.id, 'cart_reminder', 'email', d.reason, 'marketing', 60,
           now() + interval '3 hours', now()
    FROM shopper s JOIN decisions d ON d.run_id = md5('run' || n)::uuid AND d.visit = 1 WHERE n % 29 = 0;
INSERT INTO next_best_actions (run_id, step, profile_id, journey, action, held_out, why, chosen_at)
    SELECT md5('browse' || n)::uuid, 'next_best_action', id, 'next_best_action',
           CASE WHEN n % 8 = 0 THEN NULL WHEN guided THEN 'compare_guide' ELSE 'welcome_offer' END,
           n % 8 > 0 AND guided AND n % 10 = 4, CASE WHEN n % 8 = 0 THEN 'no signal holds' ELSE 'did Product Viewed' END, came
    FROM shopper WHERE n % 2 = 0;
INSERT INTO variant_exposures (run_id, experiment, profile_id, variant, share, exposed_at)
    SELECT run_id, 'next_best_action.compare_guide', profile_id, CASE WHEN held_out THEN 'held_out' ELSE 'done' END,
           CASE WHEN held_out THEN 0.1 ELSE 0.9 END, chosen_at
    FROM next_best_actions WHERE action = 'compare_guide';
ANALYZE;
