"""Oracles: several sources, one median, a risk table that a quorum signs; settlement prices; when to say so again."""
