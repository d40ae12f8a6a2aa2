"""What a person sees: the command line. The only place that formats for people."""
