using System.Reflection;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Infrastructure.Web;

/// <summary>Options that are checked at start: every fault of every section is found before anything else runs.</summary>
public static class ValidatedOptions
{
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
        return services.AddOptions<T>()
            .Configure<IConfiguration>((options, configuration) => unbound.Faults = Bind(options, configuration.GetSection($"Homelab:{section}")))
            .ValidateDataAnnotations()
            .ValidateOnStart();
    }

    /// <summary>Checks every options type that asked for it with <c>ValidateOnStart</c>.</summary>
    /// <exception cref="StartupException">Lists every fault.</exception>
    public static void CheckOptions(this IServiceProvider services)
    {
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
        }
        catch (Exception e) when (FaultsOf(e) is { Count: > 0 } faults)
        {
            throw new StartupException("The settings are not right:" + string.Concat(faults.Select(f => $"{Environment.NewLine}  - {f}")));
        }
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

            try
            {
                property.SetValue(options, entry.Get(property.PropertyType));
            }
            catch (InvalidOperationException)
            {
                faults.Add($"{entry.Path}: '{entry.Value}' cannot be read as {Kind(property.PropertyType)}.");
            }
        }

        return faults;
    }

    private static string Kind(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(TimeSpan) => "a time span (hh:mm:ss)",
        var t when t == typeof(bool) => "true or false",
        var t when t.IsEnum => $"one of {string.Join(", ", Enum.GetNames(t))}",
        var t when t.IsPrimitive => "a number",
        var t => t.Name,
    };

    private sealed class Unbound<T> : IValidateOptions<T>
        where T : class
    {
        public List<string> Faults { get; set; } = [];

        public ValidateOptionsResult Validate(string? name, T options) =>
            Faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(Faults);
    }
}
