"""What is sent, stored and signed: frozen, checked where they are made."""
