"""The console at ``/console``, for operators. Pages made on the server, one small script, nothing from elsewhere."""
