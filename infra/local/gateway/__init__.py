"""What stands for CloudFront and the HTTP API: HTTP in, payload v2 events to the workers, answers out."""
