"""``fermata replay`` and ``fermata record``: runs on the code here, recorded ones and those of a server."""
