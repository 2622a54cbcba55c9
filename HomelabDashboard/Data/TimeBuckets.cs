using System.Data;
using System.Text;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Data;

/// <summary>Figures over time in steps, made by the database in one query. The SQL is SQLite's.</summary>
public static class TimeBuckets
{
    /// <summary>For <see cref="BucketSource.Seconds"/>, of a column that holds a time.</summary>
    public static string SecondsOf(string timeColumn) => $"CAST(strftime('%s', {timeColumn}) AS INTEGER)";

    /// <summary>The steps that hold at least one row, in order.</summary>
    /// <param name="source">This and the columns are constants of the program's, never a caller's words.</param>
    /// <param name="from">Of the time column, as it is stored; included.</param>
    /// <param name="to">Not included.</param>
    /// <param name="resolution">Length of a step in seconds; steps begin at its multiples.</param>
    public static async Task<IReadOnlyList<TimeBucket>> ReadAsync(
        HomelabDbContext db, BucketSource source, IReadOnlyDictionary<string, object> key, object from, object to,
        IReadOnlyList<BucketColumn> columns, int resolution, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder($"SELECT {source.Seconds} / @resolution * @resolution AS bucket");
        foreach (var column in columns)
        {
            sql.Append($", {column.Sum}, {column.Count}, {column.Minimum}, {column.Maximum}");
        }

        sql.Append($" FROM {source.Table} WHERE {source.TimeColumn} >= @from AND {source.TimeColumn} < @to");
        foreach (var name in key.Keys)
        {
            sql.Append($" AND {name} = @{name}");
        }

        sql.Append(" GROUP BY bucket ORDER BY bucket");

        var connection = db.Database.GetDbConnection();
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql.ToString();
        Add("@from", from);
        Add("@to", to);
        Add("@resolution", resolution);
        foreach (var (name, value) in key)
        {
            Add("@" + name, value);
        }

        var buckets = new List<TimeBucket>();
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var start = reader.GetInt64(0);
            var figures = new BucketFigure?[columns.Count];
            for (var i = 0; i < columns.Count; i++)
            {
                var first = 1 + (i * 4);
                var scale = columns[i].Scale;
                figures[i] = reader.IsDBNull(first)
                    ? null
                    : new BucketFigure(reader.GetDouble(first) / scale, reader.GetInt64(first + 1), reader.GetDouble(first + 2) / scale, reader.GetDouble(first + 3) / scale);
            }

            buckets.Add(new TimeBucket(start, figures));
        }

        return buckets;

        void Add(string name, object value)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }
    }
}

/// <summary>A table of rows that have a time.</summary>
/// <param name="TimeColumn">The column that is compared with the range.</param>
/// <param name="Seconds">An expression for a row's unix seconds.</param>
public sealed record BucketSource(string Table, string TimeColumn, string Seconds);

/// <summary>A figure as SQL expressions over the rows of a step. All of them null in a step: there was none.</summary>
/// <param name="Count">How many readings the sum is of.</param>
/// <param name="Scale">What sum, minimum and maximum are divided by.</param>
public sealed record BucketColumn(string Sum, string Count, string Minimum, string Maximum, int Scale)
{
    /// <summary>A column that holds one reading in each row.</summary>
    public static BucketColumn Of(string column) => new($"SUM({column})", $"COUNT({column})", $"MIN({column})", $"MAX({column})", 1);
}

/// <param name="Start">Unix seconds.</param>
/// <param name="Figures">In the order of the columns asked for; null where a column was null in all rows.</param>
public sealed record TimeBucket(long Start, IReadOnlyList<BucketFigure?> Figures);

/// <param name="Count">How many readings; at least 1.</param>
public readonly record struct BucketFigure(double Sum, long Count, double Minimum, double Maximum)
{
    public double Mean => Sum / Count;

    public static BucketFigure? Join(BucketFigure? one, BucketFigure? other) => (one, other) switch
    {
        ({ } a, { } b) => new(a.Sum + b.Sum, a.Count + b.Count, Math.Min(a.Minimum, b.Minimum), Math.Max(a.Maximum, b.Maximum)),
        _ => one ?? other,
    };
}
