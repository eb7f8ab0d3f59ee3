"""Who may do what: one enum of permissions, in alphabetical order, and the roles that hold each."""

from enum import StrEnum


class Role(StrEnum):
    """The five roles of the requirements (rule A1)."""

    SUPER_ADMIN = "SUPER_ADMIN"
    SCHOOL_ADMIN = "SCHOOL_ADMIN"
    TEACHER = "TEACHER"
    ACCOUNTANT = "ACCOUNTANT"
    STUDENT_PARENT = "STUDENT_PARENT"


class Permission(StrEnum):
    """What a route demands. `resource:action`; resource-level scope (own class, own child) is judged by the service."""

    ADMISSIONS_MANAGE = "admissions:manage"
    ANALYTICS_ATTENDANCE = "analytics:attendance"
    ANALYTICS_FEES = "analytics:fees"
    ANALYTICS_PERFORMANCE = "analytics:performance"
    ANALYTICS_STUDENTS = "analytics:students"
    ATTENDANCE_MARK = "attendance:mark"
    ATTENDANCE_READ = "attendance:read"
    ATTENDANCE_REPORT = "attendance:report"
    AUDIT_READ = "audit:read"
    CLASSES_MANAGE = "classes:manage"
    CLASSES_READ = "classes:read"
    DASHBOARDS_ACCOUNTANT = "dashboards:accountant"
    DASHBOARDS_SCHOOL = "dashboards:school"
    DASHBOARDS_STUDENT = "dashboards:student"
    DASHBOARDS_TEACHER = "dashboards:teacher"
    FEES_COLLECT = "fees:collect"
    FEES_MANAGE = "fees:manage"
    FEES_READ = "fees:read"
    FEES_REPORT = "fees:report"
    FEE_STRUCTURES_MANAGE = "fee-structures:manage"
    FEE_STRUCTURES_READ = "fee-structures:read"
    GUARDIANS_MANAGE = "guardians:manage"
    GUARDIANS_READ = "guardians:read"
    HOLIDAYS_MANAGE = "holidays:manage"
    HOLIDAYS_READ = "holidays:read"
    JOBS_RUN = "jobs:run"
    NOTIFICATIONS_READ = "notifications:read"
    NOTIFICATIONS_SEND = "notifications:send"
    PAYMENTS_REVERSE = "payments:reverse"
    PERSONAL_DATA_MANAGE = "personal-data:manage"
    RESULTS_READ = "results:read"
    SCHOOLS_MANAGE = "schools:manage"
    SCHOOL_READ = "school:read"
    SCHOOL_UPDATE = "school:update"
    STUDENTS_EXPORT = "students:export"
    STUDENTS_IMPORT = "students:import"
    STUDENTS_LIST = "students:list"
    STUDENTS_MANAGE = "students:manage"
    STUDENTS_READ = "students:read"
    SUBJECTS_MANAGE = "subjects:manage"
    SUBJECTS_READ = "subjects:read"
    TEACHERS_MANAGE = "teachers:manage"
    TEACHERS_READ = "teachers:read"
    USERS_MANAGE = "users:manage"
    USERS_READ = "users:read"


_P = Permission
_SCHOOL_ADMIN = frozenset(_P) - {_P.SCHOOLS_MANAGE}
GRANTED: dict[Role, frozenset[Permission]] = {
    # A SUPER_ADMIN who names a school with X-School-Id acts there as its admin; each such look is audited.
    Role.SUPER_ADMIN: frozenset(_P),
    Role.SCHOOL_ADMIN: _SCHOOL_ADMIN,
    Role.TEACHER: frozenset(
        {
            _P.ANALYTICS_ATTENDANCE,
            _P.ATTENDANCE_MARK,
            _P.ATTENDANCE_READ,
            _P.ATTENDANCE_REPORT,
            _P.CLASSES_READ,
            _P.DASHBOARDS_TEACHER,
            _P.GUARDIANS_READ,
            _P.HOLIDAYS_READ,
            _P.NOTIFICATIONS_READ,
            _P.NOTIFICATIONS_SEND,
            _P.RESULTS_READ,
            _P.SCHOOL_READ,
            _P.STUDENTS_LIST,
            _P.STUDENTS_READ,
            _P.SUBJECTS_READ,
            _P.TEACHERS_READ,
        }
    ),
    Role.ACCOUNTANT: frozenset(
        {
            _P.ANALYTICS_FEES,
            _P.CLASSES_READ,
            _P.DASHBOARDS_ACCOUNTANT,
            _P.FEES_COLLECT,
            _P.FEES_MANAGE,
            _P.FEES_READ,
            _P.FEES_REPORT,
            _P.FEE_STRUCTURES_MANAGE,
            _P.FEE_STRUCTURES_READ,
            _P.GUARDIANS_READ,
            _P.HOLIDAYS_READ,
            _P.NOTIFICATIONS_READ,
            _P.PAYMENTS_REVERSE,
            _P.SCHOOL_READ,
            _P.STUDENTS_EXPORT,
            _P.STUDENTS_LIST,
            _P.STUDENTS_READ,
            _P.SUBJECTS_READ,
        }
    ),
    Role.STUDENT_PARENT: frozenset(
        {
            _P.ATTENDANCE_READ,
            _P.CLASSES_READ,
            _P.DASHBOARDS_STUDENT,
            _P.FEES_READ,
            _P.HOLIDAYS_READ,
            _P.NOTIFICATIONS_READ,
            _P.RESULTS_READ,
            _P.SCHOOL_READ,
            _P.STUDENTS_READ,
            _P.SUBJECTS_READ,
        }
    ),
}


def may(role: Role, permission: Permission) -> bool:
    """Whether the role holds the permission at all."""
    return permission in GRANTED[role]
