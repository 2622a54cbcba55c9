using System.Diagnostics.CodeAnalysis;

namespace HomelabDashboard.Features;

/// <summary>What a service method answers when it can be refused: nothing, or the <see cref="Features.Problem"/>.</summary>
public readonly record struct Result(Problem? Problem)
{
    public static readonly Result Ok;

    [MemberNotNullWhen(false, nameof(Problem))]
    public bool Succeeded => Problem is null;

    public static implicit operator Result(Problem problem) => new(problem);
}

/// <summary>What a service method answers when it can be refused: a value, or the <see cref="Features.Problem"/>.</summary>
public readonly record struct Result<T>(T? Value, Problem? Problem)
{
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool Succeeded => Problem is null;

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Problem problem) => new(default, problem);
}
