"""What stands for Lambda: worker processes that take one event at a time, and the pool that hands events to them."""
