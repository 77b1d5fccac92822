"""Words that every room uses: identifiers, errors, events, jobs, log. A closed list; sees nothing else."""
