# SPDX-License-Identifier: Apache-2.0
"""One measurement: trainings with one seed, and what they score."""

import pathlib
import tempfile


def run_trial(attune, measure, folder, seed, scratch):
    """Trains every part of the measure on the prepared tables in `folder`; models are kept in a folder below `scratch` meanwhile.

    Returns the evaluations of each name, one for each part, and the seconds of all trainings.

    @throws ProgramError when the program fails.
    """
    evaluations, seconds = {name: [] for name in measure.names()}, 0
    with tempfile.TemporaryDirectory(prefix="trial-", dir=scratch) as models:
        model = pathlib.Path(models) / "model.attune"
        for part in measure.parts:
            seconds += attune.train(measure, part, folder, seed, model)
            for name, table in part.tests.items():
                evaluations[name].append(attune.evaluate(model, folder / table, measure))
    return evaluations, seconds
