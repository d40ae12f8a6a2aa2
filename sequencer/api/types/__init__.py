"""What requests and answers are made of: parser, checks and the API's description all come from these types."""
