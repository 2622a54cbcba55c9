namespace HomelabDashboard.Data;

public sealed class DatabaseTooNewException(string path, string migration) : Exception(
    $"The database {path} was written by a later version of HomelabDashboard (it has the migration {migration}, which this version does not know). "
    + "Start that version again, or put back the copy from the backups folder that was made before the upgrade.");
