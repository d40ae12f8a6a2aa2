"""Markets of others, read from files, and a market made up, seeded: both become signed orders of simulated accounts."""
