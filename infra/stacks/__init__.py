"""The stacks of one stage: data, work, api, ops."""
