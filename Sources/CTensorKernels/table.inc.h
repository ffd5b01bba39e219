// The table of a level. The file that includes this one has said TABLE, its name, and BFLOAT16_PRODUCT and INT8_PRODUCT, in which
// AMX differs from the level below it.

const agk_kernels TABLE = {
    .exp = AGK_NAME(exp_n),
    .erf = AGK_NAME(erf_n),
    .bias_activation = AGK_NAME(bias_activation),
    .bias_residual = AGK_NAME(bias_residual),
    .softmax = AGK_NAME(softmax),
    .layer_norm = AGK_NAME(layer_norm),
    .matrix =
        {
            .panel_columns = PANEL_COLUMNS,
            .tile_rows = AGK_TILE_ROWS,
            .scratch_columns = AGK_PANEL_GROUP * PANEL_COLUMNS,
            .formats =
                {
                    {AGK_NAME(product_float32), AGK_NAME(pack_float32), NULL, ELEMENTS_OF_STEP(agk_float32), 0},
                    {BFLOAT16_PRODUCT, AGK_NAME(pack_bfloat16), AGK_NAME(prepare_bfloat16),
                     ELEMENTS_OF_STEP(agk_bfloat16), 0},
                    {INT8_PRODUCT, AGK_NAME(pack_int8), AGK_NAME(prepare_int8),
                     ELEMENTS_OF_STEP(agk_int8), GROUP_STEPS},
                },
            .attention = AGK_NAME(attention),
            .attention_scratch = AGK_NAME(attention_scratch),
        },
    .convolution =
        {
            .depthwise = AGK_NAME(depthwise),
            .depthwise_scratch = AGK_NAME(depthwise_scratch),
            .depthwise_gradient = AGK_NAME(depthwise_gradient),
            .depthwise_gradient_scratch = AGK_NAME(depthwise_gradient_scratch),
            .column_squares = AGK_NAME(column_squares),
            .response_factors = AGK_NAME(response_factors),
            .scale_columns = AGK_NAME(scale_columns),
        },
    .training =
        {
            .pack_transposed = AGK_NAME(pack_transposed),
            .pack_plain = AGK_NAME(pack_plain),
            .outer = AGK_NAME(outer),
            .outer_scratch = AGK_NAME(outer_scratch),
            .add_outer = AGK_NAME(add_outer),
            .layer_norm = AGK_NAME(layer_norm_keeping),
            .layer_norm_gradient = AGK_NAME(layer_norm_gradient),
            .activate = AGK_NAME(activate_n),
            .activation_gradient = AGK_NAME(activation_gradient),
            .gated = AGK_NAME(gated),
            .gated_gradient = AGK_NAME(gated_gradient),
            .column_sums = AGK_NAME(column_sums),
            .add_scaled = AGK_NAME(add_scaled),
            .attention_gradient = AGK_NAME(attention_gradient),
            .attention_gradient_scratch = AGK_NAME(attention_gradient_scratch),
            .sum_squares = AGK_NAME(sum_squares),
            .adamw = AGK_NAME(adamw),
            .lerp = AGK_NAME(lerp),
        },
};
