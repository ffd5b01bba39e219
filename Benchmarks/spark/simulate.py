#!/usr/bin/env python3
"""What a job of 10^8 or 10^10 images would take on 10 to 10,000 executors, from what was measured on one.

usage: simulate.py times.json [--cores 4] [--price 0.04]       (times.json: service_times.py; the price of a core and hour)

Every task is simulated: which executor takes it and when, how long its images take (their times drawn from the measured ones,
one child with one thread for each core), what a task costs besides, how fast the driver gives tasks out, executors that are slow
or lost. The assumptions stand at the top, with where they are from. One line for each case; Docs/Scaling.md has what it shows.
"""
import argparse
import heapq
import json
import math
import random
import statistics

# Measured on local[2] and a standalone cluster (Docs/Scaling.md).
TASK_SECONDS = 0.054  # of an executor, beside its images, through a Python worker
ROW_SECONDS = 0.00013  # of a core, through Arrow and the pipe
DRIVER_TASKS_PER_SECOND = 700.0  # empty ones, on two cores that also did them
# Assumed.
EXECUTOR_START_SECONDS = 20.0
LOST_PER_HOUR = 0.005  # of executors: spot machines lose that and more
SLOW_SHARE, SLOW_FACTOR = 0.03, 1.5  # of executors: neighbours, older CPUs
STORE_BYTES_PER_SECOND = 20e9  # all executors together from one object store
SPECULATION = 1.5  # a task that takes as many times the median is started once more

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("times")
parser.add_argument("--cores", type=int, default=4, help="of an executor")
parser.add_argument("--price", type=float, default=0.04, help="of a core and hour, in any money")
parser.add_argument("--images", type=float, nargs="*", default=[1e8, 1e10])
parser.add_argument("--executors", type=int, nargs="*", default=[10, 100, 1000, 10000])
parser.add_argument("--partition", type=int, nargs="*", default=[100, 1000, 10000])
parser.add_argument("--most-tasks", type=float, default=2e6, help="cases with more are left out")
arguments = parser.parse_args()
with open(arguments.times) as file:
    measured = json.load(file)
mean = statistics.mean(measured["ms"]) / 1000 + ROW_SECONDS
deviation = statistics.pstdev(measured["ms"]) / 1000
image_bytes = statistics.mean(measured["bytes"])


def simulate(images, executors, partition, seed=1):
    """Seconds, and the share of all cores' time in which they computed for the result."""
    draw = random.Random(seed)
    slots = executors * arguments.cores
    tasks = math.ceil(images / partition)
    speed = [SLOW_FACTOR if draw.random() < SLOW_SHARE else 1.0 for _ in range(executors)]
    # Reading is shared by all who read: beyond what the store gives everybody waits alike.
    reading = image_bytes * slots / STORE_BYTES_PER_SECOND
    each = max(mean, reading)
    free = [(EXECUTOR_START_SECONDS + measured["start_seconds"], slot) for slot in range(slots)]
    heapq.heapify(free)
    loss = LOST_PER_HOUR / 3600
    given, ends, usual = 0.0, [], partition * each + TASK_SECONDS
    while len(ends) < tasks:
        at, slot = heapq.heappop(free)
        given = max(at, given + 1 / DRIVER_TASKS_PER_SECOND)
        seconds = TASK_SECONDS + max(0.0, draw.gauss(partition * each, math.sqrt(partition) * deviation)) * speed[slot // arguments.cores]
        lost_after = draw.expovariate(loss)
        if lost_after < seconds:
            # The executor is gone with its task, which another one has to do, and comes back later.
            heapq.heappush(free, (given + lost_after + EXECUTOR_START_SECONDS + measured["start_seconds"], slot))
            continue
        end = given + seconds
        heapq.heappush(free, (end, slot))
        ends.append((end, seconds))
    # Where a slow executor has one of the last tasks, another one that has nothing to do begins it too.
    last = max(end if seconds <= SPECULATION * usual else end - seconds + SPECULATION * usual + usual for end, seconds in ends)
    return last, images * mean / (last * slots)


print(f"{measured['model']} ({measured['kernels']}): {1000 * mean:.1f} ms an image and core, {image_bytes / 1000:.0f} kB; {arguments.cores} cores an executor")
print(f"{'images':>8} {'executors':>9} {'partition':>9} {'tasks':>9} {'hours':>9} {'images/s':>10} {'efficiency':>10} {'cost':>10}")
for images in arguments.images:
    for executors in arguments.executors:
        for partition in arguments.partition:
            if images / partition > arguments.most_tasks:
                continue
            seconds, efficiency = simulate(images, executors, partition)
            cost = seconds / 3600 * executors * arguments.cores * arguments.price
            print(f"{images:8.0e} {executors:9,} {partition:9,} {math.ceil(images / partition):9,} {seconds / 3600:9.2f} {images / seconds:10,.0f} "
                  f"{efficiency:10.2f} {cost:10,.0f}", flush=True)
