"""What stands for event source mappings and EventBridge: the table's stream, the queues and the schedules."""
