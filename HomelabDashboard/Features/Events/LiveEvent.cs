namespace HomelabDashboard.Features.Events;

/// <summary>Something that changed.</summary>
/// <param name="Id">Grows with every event, also over a restart of the program.</param>
/// <param name="Name">Such as <c>host.changed</c>.</param>
/// <param name="Scope">What a caller needs to see it.</param>
/// <param name="Data">The record as the API gives it, or that it is gone.</param>
/// <param name="UserId">Whom alone it concerns; null: everybody.</param>
public sealed record LiveEvent(long Id, DateTimeOffset At, string Name, string Scope, object Data, int? UserId);

/// <summary>What is left of a thing that is gone.</summary>
public sealed record GoneThing(object Id, bool Deleted = true);
