using System.Data;
using System.Text;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Data;

/// <summary>Figures over time in steps, made by the database in one query. The SQL is SQLite's.</summary>
public static class TimeBuckets
{
    /// <summary>The steps that hold at least one row, in order; null where a column was null in all of them.</summary>
    /// <param name="table">This and every other name is a constant of the program's, never a caller's word.</param>
    /// <param name="columns">Numeric ones.</param>
    /// <param name="resolution">Length of a step in seconds; steps begin at its multiples.</param>
    public static async Task<IReadOnlyList<TimeBucket>> ReadAsync(
        HomelabDbContext db, string table, string keyColumn, string key, string timeColumn, string filter,
        IReadOnlyList<string> columns, DateTime from, DateTime to, int resolution, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder($"SELECT CAST(strftime('%s', {timeColumn}) AS INTEGER) / @resolution * @resolution AS start");
        foreach (var column in columns)
        {
            sql.Append($", AVG({column}), MIN({column}), MAX({column})");
        }

        sql.Append($" FROM {table} WHERE {keyColumn} = @key AND {timeColumn} >= @from AND {timeColumn} < @to AND {filter} GROUP BY start ORDER BY start");

        var connection = db.Database.GetDbConnection();
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql.ToString();
        Add("@key", key);
        Add("@from", from);
        Add("@to", to);
        Add("@resolution", resolution);
        var buckets = new List<TimeBucket>();
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var start = reader.GetInt64(0);
            var average = new double?[columns.Count];
            var minimum = new double?[columns.Count];
            var maximum = new double?[columns.Count];
            for (var i = 0; i < columns.Count; i++)
            {
                average[i] = Figure(1 + (i * 3));
                minimum[i] = Figure(2 + (i * 3));
                maximum[i] = Figure(3 + (i * 3));
            }

            buckets.Add(new TimeBucket(start, average, minimum, maximum));
        }

        return buckets;

        double? Figure(int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);

        void Add(string name, object value)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }
    }
}

/// <param name="Start">Unix seconds.</param>
/// <param name="Average">In the order of the columns asked for.</param>
public sealed record TimeBucket(long Start, IReadOnlyList<double?> Average, IReadOnlyList<double?> Minimum, IReadOnlyList<double?> Maximum);
