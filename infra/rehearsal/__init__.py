"""A place to deploy to on this machine: MiniStack over TLS with IAM enforced."""
