"""A believable business to try the hub with, made through the same verbs as everything else."""
