"""What warp says while it starts: nothing, since standard output belongs to the report."""

import warp as wp


def quieten_warp() -> None:
    """Keep warp's greeting and its notes about kernels off standard output. To be called before warp's first work."""
    wp.config.log_level = wp.LOG_WARNING
