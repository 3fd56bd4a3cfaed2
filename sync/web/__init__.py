"""What the service shows over HTTP; it starts no thread and changes nothing."""
