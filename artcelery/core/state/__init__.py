"""Facts: runs, results, names, configs, media, leases."""
