using Perennial.Learning.Models;

namespace Perennial.Learning.Linear;

/// <summary>What fitting a linear model gave.</summary>
/// <param name="Predictor">The model.</param>
/// <param name="Iterations">Iterations of L-BFGS; 0 where the normal equations were solved.</param>
/// <param name="Converged">Whether the tolerance was reached.</param>
public sealed record LinearFit(LinearPredictor Predictor, int Iterations, bool Converged);
