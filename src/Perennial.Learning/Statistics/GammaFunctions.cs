namespace Perennial.Learning.Statistics;

/// <summary>Gamma functions; relative errors are near 1e-14 where the result is not subnormal.</summary>
internal static class GammaFunctions
{
    private const int MaxTerms = 10_000;
    private const double Tiny = 1e-300;

    // Lanczos' series with g = 7 and 9 terms (coefficients by Godfrey 2001).
    private static readonly double[] Lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
        12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>ln of gamma for x &gt; 0.</summary>
    public static double LogGamma(double x)
    {
        if (x < 0.5) return Math.Log(Math.PI / Math.Sin(Math.PI * x)) - LogGamma(1 - x);
        x -= 1;
        var sum = Lanczos[0];
        for (var i = 1; i < Lanczos.Length; i++) sum += Lanczos[i] / (x + i);
        var t = x + 7.5;
        return 0.5 * Math.Log(2 * Math.PI) + (x + 0.5) * Math.Log(t) - t + Math.Log(sum);
    }

    /// <summary>
    /// The regularised upper incomplete gamma function Q(a, x) for a &gt; 0 and x &gt;= 0: the series below x = a + 1, Lentz'
    /// continued fraction above (Press et al. 2007, "Numerical Recipes", 6.2).
    /// </summary>
    public static double UpperRegularized(double a, double x)
    {
        if (x <= 0) return 1;
        if (double.IsPositiveInfinity(x)) return 0;
        var scale = Math.Exp(a * Math.Log(x) - x - LogGamma(a));
        return x < a + 1 ? 1 - scale * LowerSeries(a, x) : scale * UpperFraction(a, x);
    }

    private static double LowerSeries(double a, double x)
    {
        double term = 1 / a, sum = term;
        for (var n = 1; n < MaxTerms && term > sum * 1e-17; n++)
        {
            term *= x / (a + n);
            sum += term;
        }
        return sum;
    }

    private static double UpperFraction(double a, double x)
    {
        var b = x + 1 - a;
        double c = 1 / Tiny, d = 1 / b, h = d;
        for (var i = 1; i < MaxTerms; i++)
        {
            var factor = -i * (i - a);
            b += 2;
            d = factor * d + b;
            if (Math.Abs(d) < Tiny) d = Tiny;
            c = b + factor / c;
            if (Math.Abs(c) < Tiny) c = Tiny;
            d = 1 / d;
            h *= d * c;
            if (Math.Abs(d * c - 1) < 1e-16) break;
        }
        return h;
    }
}
