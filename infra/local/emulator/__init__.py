"""MiniStack in a process of ours: state that survives SIGKILL, tenant policies, the user pool's triggers, the outbox."""
