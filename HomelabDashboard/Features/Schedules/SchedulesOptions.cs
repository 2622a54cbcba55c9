using System.ComponentModel.DataAnnotations;

namespace HomelabDashboard.Features.Schedules;

/// <summary>The section <c>Homelab:Schedules</c>.</summary>
public sealed class SchedulesOptions : IValidatableObject
{
    /// <summary>How long after a failed run it is tried again for the first time; twice as long each time after that, half an hour at the most.</summary>
    [Range(1, 1800)]
    public int FirstRetrySeconds { get; set; } = 60;

    /// <summary>The time zone of schedules that name none, and what the form begins with.</summary>
    public string Timezone { get; set; } = TimeZones.Default;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!TimeZones.TryFind(Timezone, out _))
        {
            yield return new ValidationResult($"Homelab:Schedules:Timezone: there is no time zone {Timezone}. Take a name such as Europe/Berlin.", [nameof(Timezone)]);
        }
    }
}
