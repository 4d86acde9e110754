"""Type and help of every metric that the fleet exposes, by its family's name as `/api/v1/metadata` lists it."""

METADATA: dict[str, dict[str, str]] = {
    name: {"type": kind, "help": text, "unit": ""}
    for name, kind, text in (
        ("container_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed in seconds."),
        ("container_memory_working_set_bytes", "gauge", "Current working set in bytes."),
        ("container_spec_memory_limit_bytes", "gauge", "Memory limit for the container."),
        ("gitlab_runner_concurrent", "gauge", "The current value of concurrent setting"),
        ("gitlab_runner_job_queue_duration_seconds", "histogram", "Histogram of job queue durations."),
        ("gitlab_runner_jobs", "gauge", "The current number of running builds"),
        ("gitlab_runner_limit", "gauge", "The current value of limit setting"),
        ("gitlab_runner_version_info", "gauge", "A metric with a constant '1' value labeled by build information."),
        ("http_request_duration_seconds", "histogram", "Duration of HTTP requests in seconds."),
        ("http_requests_total", "counter", "HTTP requests by method and status code."),
        ("prometheus_build_info", "gauge", "A metric with a constant '1' value labeled by build information."),
        ("redis_keyspace_hits_total", "counter", "Successful lookups of keys."),
        ("redis_keyspace_misses_total", "counter", "Failed lookups of keys."),
        ("redis_memory_used_bytes", "gauge", "Memory that Redis uses."),
        ("redis_up", "gauge", "Whether Redis answers."),
        ("up", "gauge", "Whether the target answers its scrapes."),
    )
}
