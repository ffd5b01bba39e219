"""AI Guard Vision in Python programs: `AIGuardWorker`, and `aiguard.spark` and `aiguard.ray` for many machines."""
from .worker import AIGuardWorker, Answer, WorkerError

__all__ = ["AIGuardWorker", "Answer", "WorkerError"]
