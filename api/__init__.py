"""The HTTP surface: ingest, inbox and health."""
