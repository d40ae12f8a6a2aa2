"""What a run did, in a SQLite file beside the node's log: for screens, commands and reports, while it runs or later."""
