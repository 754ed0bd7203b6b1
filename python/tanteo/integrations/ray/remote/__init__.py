"""Ask and tell across a cluster, without Tune."""
