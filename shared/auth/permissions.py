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

    ATTENDANCE_READ = "attendance:read"
    CLASSES_MANAGE = "classes:manage"
    CLASSES_READ = "classes:read"
    FEES_READ = "fees:read"
    GUARDIANS_MANAGE = "guardians:manage"
    GUARDIANS_READ = "guardians:read"
    HOLIDAYS_MANAGE = "holidays:manage"
    HOLIDAYS_READ = "holidays:read"
    RESULTS_READ = "results:read"
    SCHOOL_READ = "school:read"
    SCHOOL_UPDATE = "school:update"
    SCHOOLS_MANAGE = "schools:manage"
    STUDENTS_EXPORT = "students:export"
    STUDENTS_IMPORT = "students:import"
    STUDENTS_LIST = "students:list"
    STUDENTS_MANAGE = "students:manage"
    STUDENTS_READ = "students:read"
    SUBJECTS_MANAGE = "subjects:manage"
    SUBJECTS_READ = "subjects:read"
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
            _P.ATTENDANCE_READ,
            _P.CLASSES_READ,
            _P.GUARDIANS_READ,
            _P.HOLIDAYS_READ,
            _P.RESULTS_READ,
            _P.SCHOOL_READ,
            _P.STUDENTS_LIST,
            _P.STUDENTS_READ,
            _P.SUBJECTS_READ,
        }
    ),
    Role.ACCOUNTANT: frozenset(
        {
            _P.CLASSES_READ,
            _P.FEES_READ,
            _P.GUARDIANS_READ,
            _P.HOLIDAYS_READ,
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
            _P.FEES_READ,
            _P.HOLIDAYS_READ,
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
