"""The directory's side of device registration: what keeps devices from joining and enrolling.

What is found is compared with what the hybrid join needs; each fault names the codes of Defender's
enrolment that it would cause. Source: synchronization specification, section 13.
"""

from simulator.doctor.examine import diagnose, diagnose_all
from simulator.doctor.findings import Diagnosis, Finding, Level

__all__ = ["Diagnosis", "Finding", "Level", "diagnose", "diagnose_all"]
