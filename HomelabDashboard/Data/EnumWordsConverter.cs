using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace HomelabDashboard.Data;

/// <summary>Stores an enum by its word; a word that is not known throws when it is read.</summary>
public sealed class EnumWordsConverter<T>() : ValueConverter<T, string>(value => EnumWords<T>.Of(value), word => EnumWords<T>.Parse(word))
    where T : struct, Enum;
