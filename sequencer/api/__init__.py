"""The node's door to traders: JSON-RPC 2.0 over HTTP and WebSocket."""
