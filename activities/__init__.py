"""The durable edge of fermata/: thin Temporal activities, one file a concern."""
