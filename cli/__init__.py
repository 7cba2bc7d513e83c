"""The command line: fermata and its subcommands, and the embedded stack."""
