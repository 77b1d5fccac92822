"""The width of the heart over the width of the thorax on a frontal chest radiograph."""
