"""The HTTP surface: ingest, inbox, decisions, policy and health."""
