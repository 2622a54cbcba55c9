using System.Reflection;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Infrastructure.Web;

/// <summary>Options that are checked at start: every fault of every section is found before anything else runs.</summary>
public static class ValidatedOptions
{
    private const string Root = "Homelab";

    /// <summary>
    /// Binds <typeparamref name="T"/> to the section <c>Homelab:<paramref name="section"/></c> (<c>Homelab__<paramref name="section"/>__Key</c> in the
    /// environment). A key that the options do not have, a value of the wrong kind, and what data annotations refuse are faults.
    /// </summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="section">The room's name.</param>
    public static OptionsBuilder<T> AddValidatedOptions<T>(this IServiceCollection services, string section)
        where T : class
    {
        // What cannot be bound is told with what the other checks find, not instead of it.
        var unbound = new Unbound<T>();
        services.AddSingleton<IValidateOptions<T>>(unbound);
        services.AddSingleton(new Section(section));
        return services.AddOptions<T>()
            .Configure<IConfiguration>((options, configuration) => unbound.Faults = Bind(options, configuration.GetSection($"{Root}:{section}")))
            .ValidateDataAnnotations()
            .ValidateOnStart();
    }

    /// <summary>Checks every options type that asked for it with <c>ValidateOnStart</c>, and that no section is there that nobody reads.</summary>
    /// <param name="services">Those of the program.</param>
    /// <param name="others">Faults of settings that are no options, to be told with the rest.</param>
    /// <exception cref="StartupException">Lists every fault.</exception>
    public static void CheckOptions(this IServiceProvider services, params IEnumerable<string> others)
    {
        List<string> faults = [.. others, .. UnknownSections(services)];
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
        }
        catch (Exception e) when (FaultsOf(e) is { Count: > 0 } found)
        {
            faults.AddRange(found);
        }

        if (faults.Count > 0)
        {
            throw new StartupException("The settings are not right:" + string.Concat(faults.Select(f => $"{Environment.NewLine}  - {f}")));
        }
    }

    private static IEnumerable<string> UnknownSections(IServiceProvider services)
    {
        var known = services.GetServices<Section>().Select(s => s.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return services.GetRequiredService<IConfiguration>().GetSection(Root).GetChildren().Where(s => !known.Contains(s.Key))
            .Select(s => $"{s.Path} is no section of the settings. Those are {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
    }

    private static List<string> FaultsOf(Exception e) => e switch
    {
        OptionsValidationException one => [.. one.Failures],
        AggregateException many => [.. many.InnerExceptions.SelectMany(FaultsOf)],
        _ => [],
    };

    private static List<string> Bind<T>(T options, IConfigurationSection section)
        where T : class
    {
        var faults = new List<string>();
        var properties = typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is { IsPublic: true })
            .ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var entry in section.GetChildren())
        {
            if (!properties.TryGetValue(entry.Key, out var property))
            {
                faults.Add($"{entry.Path} is no setting. Those of this section are {string.Join(", ", properties.Keys.Order(StringComparer.Ordinal))}.");
                continue;
            }

            if (KindOf(property) == typeof(TimeSpan) && entry.Value is { } time && !time.Contains(':'))
            {
                // .NET reads a bare number as days.
                faults.Add($"{entry.Path}: a time such as '{time}' is written hh:mm:ss.");
                continue;
            }

            try
            {
                property.SetValue(options, entry.Get(property.PropertyType));
            }
            catch (InvalidOperationException)
            {
                faults.Add($"{entry.Path}: '{entry.Value}' cannot be read as {Words(KindOf(property))}.");
            }
        }

        return faults;
    }

    private static Type KindOf(PropertyInfo property) => Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;

    private static string Words(Type kind) => kind switch
    {
        var t when t == typeof(TimeSpan) => "a time span (hh:mm:ss)",
        var t when t == typeof(bool) => "true or false",
        var t when t.IsEnum => $"one of {string.Join(", ", Enum.GetNames(t))}",
        var t when t.IsPrimitive => "a number",
        var t => t.Name,
    };

    private sealed record Section(string Name);

    private sealed class Unbound<T> : IValidateOptions<T>
        where T : class
    {
        public List<string> Faults { get; set; } = [];

        public ValidateOptionsResult Validate(string? name, T options) =>
            Faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(Faults);
    }
}
