"""`AIGuardWorker` with a worker that fails as it is told, and with the real one where `AIGUARD` names it."""
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from aiguard import AIGuardWorker, WorkerError  # noqa: E402

FAKE = str(pathlib.Path(__file__).with_name("fake_aiguard.py"))
ROOT = pathlib.Path(__file__).parents[3]


def fake(*arguments, **options):
    return AIGuardWorker(arguments, program=FAKE, **options)


def label(image):
    return hashlib.sha256(image).hexdigest()


def is_gone(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except OSError:
        return True


class FakeWorkerTests(unittest.TestCase):
    def check(self, images, answers, errors={}):
        self.assertEqual(len(answers), len(images))
        for image, answer in zip(images, answers):
            if image in errors:
                self.assertEqual(answer.error_kind, errors[image], image)
                self.assertIsNone(answer.result)
            else:
                self.assertIsNone(answer.error_kind, image)
                self.assertEqual(answer.result["predictions"][0]["label"], label(image))

    def test_answers_are_in_order(self):
        images = [b"%d" % number for number in range(100)] + [b"", b"x" * 3_000_000]
        with fake() as worker:
            answers = list(worker.classify_each(images))
            self.check(images, answers)
            self.assertEqual({answer.attempts for answer in answers}, {1})
            self.check([b"one more"], [worker.classify(b"one more")])

    def test_a_bad_image_is_an_answer(self):
        with fake() as worker:
            self.check([b"bad", b"good"], list(worker.classify_each([b"bad", b"good"])), {b"bad": "invalid-image"})
            self.assertEqual(worker.crashes, 0)

    def test_an_image_that_kills_costs_itself_alone(self):
        images = [b"a", b"b", b"die", b"c", b"die", b"d", b"e", b"f", b"g"]
        for choice in ["", "batches"]:
            with fake(choice) as worker:
                self.check(images, list(worker.classify_each(images)), {b"die": "crashed"})
                # No more than each killer's attempts, of which the first may be another's.
                self.assertLessEqual(worker.crashes, 6)

    def test_silence_is_an_end(self):
        images = [b"a", b"hang", b"b"]
        with fake(timeout=0.5) as worker:
            self.check(images, list(worker.classify_each(images)), {b"hang": "timeout"})

    def test_a_worker_that_takes_nothing_is_given_up(self):
        with fake("stops", timeout=0.5, attempts=2) as worker:
            self.assertEqual(worker.classify(b"x" * 10_000_000).error_kind, "timeout")

    def test_answers_that_are_none_are_crashes(self):
        images = [b"half", b"a", b"other-number", b"b"]
        with fake() as worker:
            self.check(images, list(worker.classify_each(images)), {b"half": "crashed", b"other-number": "crashed"})

    def test_a_killed_child_changes_nothing(self):
        images = [b"%d" % number for number in range(200)]
        with fake() as worker:
            answers = []
            for number, answer in enumerate(worker.classify_each(images)):
                answers.append(answer)
                if number in (10, 100):
                    worker.process.kill()
            self.check(images, answers)
            self.assertEqual(worker.crashes, 2)

    def test_a_child_that_ended_between_two_calls_is_replaced(self):
        with fake() as worker:
            worker.classify(b"a")
            worker.process.kill()
            worker.process.wait()
            self.check([b"b"], [worker.classify(b"b")])

    def test_stopping_in_the_middle_leaves_no_answer_for_the_next(self):
        with fake() as worker:
            each = worker.classify_each(b"%d" % number for number in range(100))
            next(each)
            each.close()
            self.check([b"x"], [worker.classify(b"x")])

    def test_what_is_no_worker_is_refused_at_once(self):
        for choice, options, reason in [
            ("no-model", {}, "model cannot be loaded"), ("protocol", {}, "protocol 2"), ("silent", {"start_timeout": 0.5}, "no answer within"),
            ("", {"expect": {"model": {"sha256": "other"}}}, "model.sha256 is 'm'"),
        ]:
            with self.assertRaisesRegex(WorkerError, reason):
                fake(choice, **options)
        with self.assertRaisesRegex(WorkerError, "cannot start"):
            AIGuardWorker(program="/nowhere/aiguard")
        with self.assertRaisesRegex(WorkerError, "did not begin"):
            AIGuardWorker(program="true")
        with self.assertRaisesRegex(WorkerError, "is no worker|did not begin"):
            AIGuardWorker(program="yes")

    def test_nothing_is_left(self):
        worker = fake()
        first = worker.process.pid
        worker.classify(b"die")
        last = worker.process.pid
        worker.close()
        self.assertTrue(is_gone(first) and is_gone(last))
        # Said before, and not asked of another child.
        self.assertEqual(worker.hello["protocol"], 1)
        # A parent that ends without closing ends it too, and well.
        script = f"import sys; sys.path.insert(0, {str(ROOT / 'Sources/Python')!r}); from aiguard import AIGuardWorker; " \
                 f"w = AIGuardWorker(program={FAKE!r}); print(w.process.pid)"
        parent = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
        self.assertEqual((parent.returncode, parent.stderr), (0, ""))
        self.assertTrue(is_gone(int(parent.stdout)))
        # A parent that is killed takes its child along: the child's input ends.
        script = f"import sys, time; sys.path.insert(0, {str(ROOT / 'Sources/Python')!r}); from aiguard import AIGuardWorker; " \
                 f"w = AIGuardWorker(program={FAKE!r}); print(w.process.pid, flush=True); time.sleep(1000)"
        parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        pid = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
        parent.stdout.close()
        for _ in range(100):
            if is_gone(pid):
                break
            time.sleep(0.05)
        self.assertTrue(is_gone(pid))


@unittest.skipUnless(os.environ.get("AIGUARD"), "AIGUARD names no program")
class RealWorkerTests(unittest.TestCase):
    program = os.environ.get("AIGUARD", "")
    arguments = ["--model", "builtin:cifake", "--threads", "2"]
    paths = sorted(ROOT.glob("Fixtures/photos/*.jpg"))

    def expected(self, *options):
        lines = subprocess.run(
            [self.program, "classify", "--json", *self.arguments, *map(str, self.paths)], capture_output=True, check=True
        ).stdout.decode().splitlines()
        results = [json.loads(line) for line in lines]
        for result in results:
            del result["file"]
        return results

    def worker(self, *arguments, **options):
        return AIGuardWorker([*self.arguments, *arguments], program=self.program, **options)

    def test_answers_are_those_of_classify(self):
        images = [path.read_bytes() for path in self.paths] * 5
        with self.worker() as worker:
            self.assertEqual(sorted(worker.hello["labels"]), ["FAKE", "REAL"])
            answers = list(worker.classify_each(images))
        self.assertEqual([answer.result for answer in answers], self.expected() * 5)
        self.assertEqual(worker.hello["model"]["sha256"], answers[0].result["model"]["sha256"])
        worker.close()

    def test_a_kill_changes_nothing(self):
        images = [path.read_bytes() for path in self.paths] * 20
        with self.worker() as worker:
            answers = []
            for number, answer in enumerate(worker.classify_each(images)):
                answers.append(answer)
                if number == 30:
                    worker.process.send_signal(signal.SIGKILL)
            self.assertEqual([answer.result for answer in answers], self.expected() * 20)
            self.assertEqual(worker.crashes, 1)

    def test_errors_are_typed(self):
        images = [b"", b"no image", self.paths[0].read_bytes(), b"x" * 200_000]
        with self.worker("--frame-limit", "150000") as worker:
            kinds = [answer.error_kind for answer in worker.classify_each(images)]
        self.assertEqual([kinds[0] is None, kinds[1] is None, kinds[2], kinds[3]], [False, False, None, "limit-exceeded"])
        with self.assertRaisesRegex(WorkerError, "model cannot be loaded"):
            AIGuardWorker(["--model", "/nowhere"], program=self.program)
        with self.assertRaisesRegex(WorkerError, "arguments are wrong"):
            AIGuardWorker(["--nonsense"], program=self.program)

    def test_evidence_stands_beside_the_result(self):
        with self.worker("--evidence") as worker:
            answer = worker.classify(self.paths[0].read_bytes())
        self.assertEqual(answer.result["classification"], self.expected()[0])
        self.assertIn("statements", answer.result["evidence"])


if __name__ == "__main__":
    unittest.main()
