"""The embedded stack: real Postgres, Temporal, SMTP and provider on loopback, there for as long as it is needed."""
