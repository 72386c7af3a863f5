"""What operators see of a running site: structured logs and Prometheus metrics."""
