"""Who is told what: channels, and connections with a bounded queue each."""
