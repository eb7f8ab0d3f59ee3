"""The CDK app, and the same system on one machine."""
