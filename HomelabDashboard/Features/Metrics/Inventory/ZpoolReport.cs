using System.Globalization;
using System.Text.RegularExpressions;

namespace HomelabDashboard.Features.Metrics.Inventory;

/// <summary>Reads <c>zpool list -H -p</c> and <c>zpool status -L -P</c>, whose forms are the same from 0.7 on.</summary>
internal static partial class ZpoolReport
{
    private const int MostPools = 32;
    private const int MostDevices = 256;

    public static IReadOnlyList<ZfsPool> Read(IEnumerable<string> list, IEnumerable<string> status)
    {
        var states = Status(status);
        var pools = new List<ZfsPool>();
        foreach (var words in list.Select(l => l.Split('\t')).Where(w => w.Length >= 8).Take(MostPools))
        {
            if (ProcFigures.Clean(words[0], 255) is not { } name || pools.Any(p => p.Name == name))
            {
                continue;
            }

            var state = states.GetValueOrDefault(name);
            pools.Add(new ZfsPool(
                name, ProcFigures.Whole(words[1]), ProcFigures.Whole(words[2]), ProcFigures.Whole(words[3]), Percent(words[4]), Percent(words[5]),
                ProcFigures.Number(words[6].TrimEnd('x')) is { } ratio and >= 1 ? ratio : null, ProcFigures.Clean(words[7], 32),
                state?.Words("scan"), state?.Words("errors") is { } errors && !errors.StartsWith("No known data errors", StringComparison.Ordinal) ? errors : null,
                state?.Words("status"), state?.Devices ?? []));
        }

        return pools;
    }

    private static double? Percent(string text) => ProcFigures.Number(text.TrimEnd('%')) is { } value and >= 0 and <= 100 ? value : null;

    private static Dictionary<string, PoolState> Status(IEnumerable<string> lines)
    {
        var pools = new Dictionary<string, PoolState>(StringComparer.Ordinal);
        var pool = new PoolState();
        var field = "";
        foreach (var line in lines)
        {
            if (Field().Match(line) is { Success: true } match)
            {
                field = match.Groups[1].Value;
                var rest = match.Groups[2].Value;
                if (field == "pool")
                {
                    pool = new PoolState();
                    if (pools.Count < MostPools && ProcFigures.Clean(rest, 255) is { } name)
                    {
                        pools.TryAdd(name, pool);
                    }
                }
                else
                {
                    pool.Add(field, rest);
                }
            }
            else if (field == "config")
            {
                pool.Device(line);
            }
            else
            {
                pool.Add(field, line);
            }
        }

        return pools;
    }

    // "  pool: tank", "status: One or more …": the names stand to the left of the eighth column, what goes on is behind a tab.
    [GeneratedRegex(@"\A {0,3}(pool|state|status|action|see|scan|scrub|remove|checkpoint|config|errors): ?(.*)\z", RegexOptions.NonBacktracking)]
    private static partial Regex Field();

    private sealed class PoolState
    {
        private readonly Dictionary<string, string> _words = new(StringComparer.Ordinal);
        private int? _indent;

        public List<ZfsDevice> Devices { get; } = [];

        public void Add(string field, string line)
        {
            if (ProcFigures.Clean(line.Replace('\t', ' '), 300) is { } words)
            {
                _words[field] = _words.TryGetValue(field, out var before) ? ProcFigures.Clean($"{before} {words}", 400)! : words;
            }
        }

        /// <summary>What was said under a name, in one line.</summary>
        public string? Words(string field) => _words.GetValueOrDefault(field);

        /// <summary>Two blanks more are one step deeper; the pool itself stands first.</summary>
        public void Device(string line)
        {
            var text = line.TrimStart('\t');
            var indent = text.Length - text.TrimStart(' ').Length;
            var words = ProcFigures.Words(text);
            if (words.Length == 0 || words[0] == "NAME" || Devices.Count >= MostDevices || ProcFigures.Clean(words[0], 255) is not { } name)
            {
                return;
            }

            if (_indent is null)
            {
                _indent = indent;
                return;
            }

            Devices.Add(new ZfsDevice(
                name, Math.Clamp((indent - _indent.Value) / 2, 0, 8), words.Length > 1 ? ProcFigures.Clean(words[1], 32) : null,
                Count(words.ElementAtOrDefault(2)), Count(words.ElementAtOrDefault(3)), Count(words.ElementAtOrDefault(4))));
        }

        /// <summary>Such as <c>12</c> or <c>1.5K</c>.</summary>
        private static long? Count(string? word)
        {
            if (word is not { Length: > 0 and < 20 })
            {
                return null;
            }

            var scale = "KMGT".IndexOf(word[^1], StringComparison.Ordinal) + 1;
            return double.TryParse(scale > 0 ? word[..^1] : word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value * Math.Pow(1024, scale) is >= 0 and < 1e18 and var count
                ? (long)count
                : null;
        }
    }
}
