import subprocess
import sys

SOLVE = """
import numpy as np
from scipy.sparse import csr_matrix
from solver.linear import Linear, run
one = np.ones(1)
solved = run(Linear(csr_matrix([[2.0]]), one, 3 * one, one, 9 * one), whole=True)
raise SystemExit(int(solved.value))
"""


def test_a_model_is_solved_without_a_word_on_standard_output():
    """``--json -`` prints JSON and nothing else."""
    done = subprocess.run([sys.executable, "-c", SOLVE], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("", 1), done.stderr
